"""Backpropagation by hand: a dense network, its records step by step, and the proof that its gradients are right."""
