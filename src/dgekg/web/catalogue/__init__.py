"""What harvesters ask for: catalogue (DCAT), statistics (VoID), collections, sitemap, and the log behind the feed."""
