-- A least severity that is asked for beside kinds now holds for these kinds too; until now it was kept, and not
-- asked. What is subscribed stays as it was heard: its kinds, whatever their severity.
UPDATE subscription SET wish = json_set(wish, '$.severity', 'info')
WHERE json_array_length(wish, '$.kinds') > 0;
UPDATE signup SET wish = json_set(wish, '$.severity', 'info')
WHERE json_array_length(wish, '$.kinds') > 0;
UPDATE hook SET subscription = json_set(subscription, '$.severity', 'info')
WHERE json_array_length(subscription, '$.kinds') > 0;
