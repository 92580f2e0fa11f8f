SELECT outcome, reason, count(*) AS tasks, max(completedAt) AS latest
FROM ended
WHERE outcome <> 'Completed'
GROUP BY outcome, reason
ORDER BY tasks DESC, outcome, reason
