"""What is in the pages: images captured from real programs, and how small LZ4 makes each of them."""
