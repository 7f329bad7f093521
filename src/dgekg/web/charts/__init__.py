"""Pictures as answers to requests; what draws them is `dgekg.charts`."""
