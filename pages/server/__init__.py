"""The server behind the pages: its guard, its start-up, and what it says when something fails."""
