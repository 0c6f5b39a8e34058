"""Small networks that learn a problem in the plane while somebody watches: points, a setup, and its course."""
