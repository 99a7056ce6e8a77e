"""Networks of lifelines: water, gas, power and drains, as physics on plain arrays."""
