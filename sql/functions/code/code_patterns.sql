-- A test holds it to the reader's own table.
CREATE OR REPLACE FUNCTION hartonomous_internal.code_patterns()
RETURNS TABLE (name text, meaning text, tree text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 10
AS $$
    VALUES
        ('each', 'do something with every element', '(each x xs (body x))'),
        ('map', 'make a new element of every element', '(each x xs (add out (f x)))'),
        ('filter', 'keep the elements that', '(each x xs (if (test x) (add out x)))'),
        ('find_first', 'the first element that', '(each x xs (if (test x) (return x)))'),
        ('accumulate', 'one value from all elements', '(each x xs (augment total x))'),
        ('tally', 'count elements by key', '(each x xs (increment (index counts (key x))))'),
        ('sort_by_key', 'order by what each element has', '(call sort xs key)'),
        ('open_use_close', 'use what has to be closed', '(scoped f (call open) (use f) (close f))'),
        ('retry', 'try again when it fails', '(counted (try (return (call f)) (sleep)))'),
        ('guard', 'leave at once when', '(function (if test (return)) rest)')
$$;

COMMENT ON FUNCTION hartonomous_internal.code_patterns() IS
'Internal: the patterns of code that have a name, what each means, and its neutral syntax tree.';
