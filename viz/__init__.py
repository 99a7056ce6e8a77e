"""How a run looks: scenes, frames, charts and reports."""
