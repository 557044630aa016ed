"""The designs of the swap layer, one module each, behind one seam (:mod:`engine.mm.design.hooks`)."""
