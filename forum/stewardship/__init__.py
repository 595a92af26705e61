"""Looking after a network: settings, who may see it, archive and end, announcements, numbers, what others see."""
