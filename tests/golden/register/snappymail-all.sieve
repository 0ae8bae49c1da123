# This is SnappyMail sieve script.
# Please don't change anything here.
# RAINLOOP:SIEVE

/*
BEGIN:FILTER:2
*/
redirect "all@example.net";
stop;
/* END:FILTER */
