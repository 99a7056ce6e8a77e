"""A slow plain twin of the flood's kernel: NumPy, float64, depths in metres, one step at a time."""

from __future__ import annotations

import numpy as np

G = 9.80665


def faces(depths, beds, discharges, aside, rest):
    """Return the new discharges between cells, m²/s; `rest` is n², Δt, Δx, θ, the film and the power of the depth."""
    (h0, h1), (z0, z1), (q, before, after) = depths, beds, discharges
    n2, dt, dx, theta, film, power = rest
    depth = np.maximum(z0 + h0, z1 + h1) - np.maximum(z0, z1)
    wet = depth > film
    depth = np.where(wet, depth, film)
    slope = (z1 + h1) - (z0 + h0)
    before, after = np.where(before != 0.0, before, q), np.where(after != 0.0, after, q)
    centred = theta * q + (1.0 - theta) * (before + after) / 2.0 - G * depth * dt * slope / dx
    return np.where(wet, centred / (1.0 + G * dt * n2 * np.hypot(q, aside) / depth**power), 0.0)


class Twin:
    """The flow alone, between walls."""

    def __init__(self, z, h, dx, n, theta=0.85, film=1e-4, courant=0.7, power=7.0 / 3.0) -> None:
        self.z, self.h, self.dx, self.n2 = z.astype(float), h.astype(float), dx, n * n
        self.theta, self.film, self.courant, self.power = theta, film, courant, power
        rows, columns = z.shape
        self.qx, self.qy = np.zeros((rows, columns + 1)), np.zeros((rows + 1, columns))

    def step(self, dt: float) -> None:
        z, h, qx, qy = self.z, self.h, self.qx.copy(), self.qy.copy()
        rest = (self.n2, dt, self.dx, self.theta, self.film, self.power)
        u, v = self.qx, self.qy
        along_x = (v[:-1, :-1] + v[:-1, 1:] + v[1:, :-1] + v[1:, 1:]) / 4.0
        along_y = (u[:-1, :-1] + u[:-1, 1:] + u[1:, :-1] + u[1:, 1:]) / 4.0
        sides = (h[:, :-1], h[:, 1:]), (z[:, :-1], z[:, 1:])
        qx[:, 1:-1] = faces(*sides, (u[:, 1:-1], u[:, :-2], u[:, 2:]), along_x, rest)
        qy[1:-1] = faces((h[:-1], h[1:]), (z[:-1], z[1:]), (v[1:-1], v[:-2], v[2:]), along_y, rest)
        out = np.maximum(qx[:, 1:], 0) - np.minimum(qx[:, :-1], 0) + np.maximum(qy[1:], 0) - np.minimum(qy[:-1], 0)
        share = np.ones_like(h)
        many = out > 0
        share[many] = np.minimum(1.0, np.maximum(0.999 * h[many], 0.0) / (out[many] * dt / self.dx))
        padded = np.pad(share, 1, constant_values=1.0)
        qx *= np.where(qx > 0, padded[1:-1, :-1], padded[1:-1, 1:])
        qy *= np.where(qy > 0, padded[:-1, 1:-1], padded[1:, 1:-1])
        self.h = h + dt / self.dx * (qx[:, :-1] - qx[:, 1:] + qy[:-1] - qy[1:])
        self.qx, self.qy = qx, qy

    def run(self, seconds: float) -> None:
        passed = 0.0
        while passed < seconds - 1e-9:
            stable = self.courant * self.dx / np.sqrt(G * max(self.h.max(), 1e-6))
            dt = (seconds - passed) / np.ceil((seconds - passed) / stable)
            self.step(dt)
            passed += dt
