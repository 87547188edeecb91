"""SME finance as published figures tell it, point by point with its source."""
