"""The commands, by what they do: change files into builds, or answer from a build.

They import what they need when they run: validating one file must not wait for the web or for arrays.
"""
