"""Constants of nature that more than one model needs."""

from __future__ import annotations

GRAVITY = 9.81  #: m/s², as the references of water and fire round it
GAS_CONSTANT = 8.314462618  #: J/(mol·K), CODATA 2018
ATMOSPHERE = 101_325.0  #: Pa, standard
