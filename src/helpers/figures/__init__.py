"""One house style for every chart of the package."""
