"""What the health page asks of this room."""


def health_lines() -> list:
    return []
