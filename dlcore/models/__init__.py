"""Networks, built from presets. `presets` lists them without torch; `build` makes one."""
