-- A shop's database: make it, fill it, index it, ask it, change it.
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, city TEXT, note TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, item TEXT, price INTEGER);

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
INSERT INTO customer
SELECT i, 'name ' || (i * 7919 % 2003), 'city ' || (i * 31 % 97), printf('%.*c', 900 + i % 500, 'n') FROM n;

WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
INSERT INTO orders
SELECT i, i * 104729 % 2000 + 1, 'item ' || (i * 13 % 500), i * 271 % 10000 FROM n;

CREATE INDEX by_name ON customer (name);
CREATE INDEX by_customer ON orders (customer);

SELECT count(*), sum(price) FROM orders;
SELECT city, count(*) FROM customer GROUP BY city ORDER BY 2 DESC, 1 LIMIT 5;
SELECT c.name, sum(o.price) AS spent
  FROM customer c JOIN orders o ON o.customer = c.id
 GROUP BY c.id ORDER BY spent DESC, c.id LIMIT 5;
SELECT id, length(note) FROM customer WHERE name = 'name 1234';

UPDATE orders SET price = price + 1 WHERE customer % 10 = 3;
DELETE FROM customer WHERE id % 50 = 0;
SELECT count(*) FROM customer;
