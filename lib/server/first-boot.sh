# cdk-ssh-keepalive first boot
_k=$?
(set +euC;IFS=;umask 77;i=60 m=120;e=/etc/ssh s=/usr/sbin/sshd;c=$e/sshd_config d=$c.d/00-cdk-ssh-keepalive.conf j=$e/.cdk-ssh-keepalive
b="# BEGIN cdk-ssh-keepalive
ClientAliveInterval $i
ClientAliveCountMax $m
# END cdk-ssh-keepalive"
ok(){ [ "$($s -T -C user=k,host=k,addr=192.0.2.1,laddr=192.0.2.2,lport=22 -f $1|grep -ciEx "clientalive(interval $i|countmax $m)")" = 2 ];}
up(){ systemctl restart $u 9>&-&&systemctl is-active $u;}
exec 9>>/run/cdk-ssh-keepalive.lock
mkdir -m755 /run/sshd
case $(stat -c%h%f $c) in 18???);;*)exit;esac
flock 9&&! grep -qs cdk-ssh-keepalive $c $d&&! ok $c&&mkdir $j||exit
ln $c $j/old&&cp -a $c $j/new&&{ echo "$b";cat $c;}>$j/new&&ok $j/new&&{
grep -m1 '^[^# ]' $c|grep -qi '^include.*sshd_config\.d/'&&echo "$b">$j/d&&mv $j/d $d&&ok $c||{ rm -f $d;mv $j/new $c;}
for u in ssh sshd '';do systemctl is-active $u&&break;done
[ -z $u ]||up||{ rm -f $d;mv $j/old $c;systemctl reset-failed $u;up;};}
rm -rf $j)>/dev/null 2>&1||:
(exit $_k)&&:
