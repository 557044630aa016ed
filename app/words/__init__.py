"""Words on screen: their language, how numbers are written, what terms mean, what is spoken."""
