"""Bringing people in: invitations by address, joining links, and mails that came back."""
