"""The kinds of run, a package each: importing one makes its kind and its presets known. No torch at that moment."""
