"""Generated projects of any size, and the table of what our answers cost beside other engines."""
