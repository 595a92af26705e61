"""Shared documents, through HTTP on both shapes."""
