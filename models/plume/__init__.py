"""A plume of gas in the wind: concentration, dose, shelter. SI units; directions in degrees, from where the wind blows."""
