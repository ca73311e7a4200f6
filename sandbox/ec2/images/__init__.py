"""Images (AMIs): their making, their calls, their record."""
