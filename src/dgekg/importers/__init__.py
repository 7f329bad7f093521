"""Outside tables turned into records of ours, each by one small module that can be run again."""
