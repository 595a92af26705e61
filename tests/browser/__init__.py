"""Confer in real browsers, side by side: what one does appears on the other's screen."""
