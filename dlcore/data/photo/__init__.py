"""What a camera or a scanner saw → the ink on it alone, one function a step. No torch in here.

Each step looks for what it is there to take away, and leaves a picture without it alone.
"""
