"""Confer, the product: networks, threads and the people in them."""
