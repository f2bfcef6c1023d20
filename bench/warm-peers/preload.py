"""Warms the pages of a sitemap with sitemap-preloader, as its documentation says. Argument: the
sitemap's address."""

import sys

from preloader import Preloader

Preloader(sys.argv[1], depth=1).fetch_pages()
