# This is SnappyMail sieve script.
# Please don't change anything here.
# RAINLOOP:SIEVE

require ["copy","fileinto"];

/*
BEGIN:FILTER:1
*/
if anyof(header :contains ["Subject"] "order")
{
    redirect :copy "shop@example.net";
    fileinto "INBOX";
    stop;
}
/* END:FILTER */
