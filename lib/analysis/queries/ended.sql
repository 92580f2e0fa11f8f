-- Each end of the last 30 days once, because events and lines can be repeated.
SELECT *
FROM (
  SELECT
    coalesce(outcome, 'Refused') AS outcome, reason, operation, attempts, uploads, source,
    resultCount, resultBytes, durations, completedAt,
    row_number() OVER (PARTITION BY idempotencyKey ORDER BY dt) AS delivery
  FROM tasks
  WHERE dt >= CAST(CAST(current_date - INTERVAL '30' DAY AS date) AS varchar)
) deliveries
WHERE delivery = 1
