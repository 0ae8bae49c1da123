# This is SnappyMail sieve script.
# Please don't change anything here.
# RAINLOOP:SIEVE

/*
BEGIN:FILTER:3
*/
/* @Filter is disabled 
redirect "off@example.net";
*/
/* END:FILTER */
