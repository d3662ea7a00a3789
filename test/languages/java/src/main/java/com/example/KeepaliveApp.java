package com.example;

import io.github.cdksshkeepalive.ServerKeepalive;
import io.github.cdksshkeepalive.ServerKeepaliveProps;
import io.github.cdksshkeepalive.SessionManagerSshHostProps;
import io.github.cdksshkeepalive.SshClientConfigStack;
import io.github.cdksshkeepalive.SshHost;
import io.github.cdksshkeepalive.SshKeepalive;
import io.github.cdksshkeepalive.SshKeepaliveMixin;
import io.github.cdksshkeepalive.SshKeepaliveTarget;
import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Mixins;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ec2.BastionHostLinux;
import software.amazon.awscdk.services.ec2.Instance;
import software.amazon.awscdk.services.ec2.InstanceType;
import software.amazon.awscdk.services.ec2.MachineImage;
import software.amazon.awscdk.services.ec2.Vpc;

public final class KeepaliveApp {
    public static void main(String[] args) {
        App app = new App();

        // A new instance has the settings from its first boot on.
        Stack web = new Stack(app, "Web");
        Instance webServer = Instance.Builder.create(web, "Instance")
            .vpc(new Vpc(web, "Vpc"))
            .instanceType(new InstanceType("t3.micro"))
            .machineImage(MachineImage.latestAmazonLinux2023())
            .build();
        SshKeepalive.Builder.create(web, "SshKeepalive")
            .targets(List.of(SshKeepaliveTarget.newInstance(webServer)))
            .build();

        // An existing instance is not stopped, started or replaced.
        Stack database = new Stack(app, "Database");
        Instance databaseServer = Instance.Builder.create(database, "Instance")
            .vpc(new Vpc(database, "Vpc"))
            .instanceType(new InstanceType("t3.micro"))
            .machineImage(MachineImage.latestAmazonLinux2())
            .build();
        SshKeepalive.Builder.create(database, "SshKeepalive")
            .keepalive(ServerKeepalive.of(ServerKeepaliveProps.builder()
                .interval(Duration.seconds(30))
                .countMax(240)
                .build()))
            .targets(List.of(
                SshKeepaliveTarget.existingInstance(databaseServer),
                SshKeepaliveTarget.tag("ssh-keepalive", "true")))
            .build();

        // Every instance of a stack or an app. This is the last line that adds instances.
        Stack bastion = new Stack(app, "Bastion");
        BastionHostLinux.Builder.create(bastion, "Host").vpc(new Vpc(bastion, "Vpc")).build();
        Mixins.of(bastion).apply(new SshKeepaliveMixin());

        // The settings for ~/.ssh/config.
        SshClientConfigStack.Builder.create(app, "SshClientConfig")
            .hosts(List.of(SshHost.sessionManager("web", webServer,
                SessionManagerSshHostProps.builder().user("ec2-user").build())))
            .build();
        app.synth();
    }
}
