"""The image sets, each with all that is to be known of it in one file. Importing them imports no torch."""
