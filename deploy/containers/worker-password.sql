-- After docs/recipes/worker-role.sql: the password from the environment.
\getenv password WORKER_PASSWORD
ALTER ROLE proba_worker PASSWORD :'password';
