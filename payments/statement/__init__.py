"""The statement of confirmed proceeds that is published, by month, sector, goods and services."""
