"""The physics of rain that stands in streets: local inertial flow on a raster, rain, losses, inlets, danger."""
