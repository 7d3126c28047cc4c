"""Keys that wrap other keys, by where they are kept: `keyring:ID`, `file:PATH`, `env:NAME`, `command:PROGRAM ARGUMENTS`."""
