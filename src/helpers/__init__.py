"""The helpers behind the notebooks of No Limits?; import the modules, each on its own."""

__version__ = "0.1.0"
