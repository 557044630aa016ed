"""A small program of everyday Python: objects in dictionaries, JSON there and back, sorting, lookups."""

import json

items = []
number = 12345
for i in range(500):
    number = (number * 1103515245 + 12345) % 2147483648
    items.append({"id": i, "name": f"item {number % 1000}", "price": number % 9973, "tags": [f"t{number % 17}", "all"],
                  "text": "lorem ipsum " * (number // 65536 % 200)})

text = json.dumps(items)
again = json.loads(text)
by_name = {}
for item in again:
    by_name.setdefault(item["name"], []).append(item)
again.sort(key=lambda item: (item["price"], item["id"]))
total = 0
for i in range(1500):
    number = (number * 1103515245 + 12345) % 2147483648
    found = by_name.get(f"item {number % 1000}")
    if found:
        total += found[0]["price"] + len(found[0]["text"])
print(len(text), len(by_name), again[0]["id"], total)
