# rule:[Away]
if true
{
	redirect "a@example.net";
	stop;
}
