"""From notebooks to handouts: execute, render, index."""
