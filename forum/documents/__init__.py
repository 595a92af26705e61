"""Shared documents: one address, every version, and who sees them."""
