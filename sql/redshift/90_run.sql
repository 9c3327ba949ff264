-- The first load and the first customer 360; from then on the schedule sees to both. Again it changes nothing that is right.
call ${schema}.load_since(${load_from});

call ${schema}.rebuild();
