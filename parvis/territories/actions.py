"""What one may do here; the command line, the demonstration and the tests call these."""

from parvis.territories.contours import load as load_contours
from parvis.territories.density import load as load_density
from parvis.territories.loading import load as load_code

__all__ = ["load_code", "load_contours", "load_density"]
