"""The blocks of which networks are made, a file for each kind; a new file here is a new block."""
