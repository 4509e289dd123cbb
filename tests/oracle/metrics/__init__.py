"""The standard metrics, answered a second way with numpy, scipy and statsmodels."""
