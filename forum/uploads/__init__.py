"""Files in parts, by the tus protocol: sent on from where a connection broke off."""
