"""Who you are: accounts, passwords, sessions, tokens. Knows neither networks nor events."""
