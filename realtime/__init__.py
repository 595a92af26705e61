"""Moves events: an append-only log for each audience, and sockets that follow it.

This stone knows neither accounts nor threads. What it must ask about people and content it asks
through functions that `forum.app` hands to the gateway.
"""
